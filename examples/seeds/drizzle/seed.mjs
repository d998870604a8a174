// guard-cli seed -- node examples/seeds/drizzle/seed.mjs
import { execFileSync } from "node:child_process";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { pgTable, text } from "drizzle-orm/pg-core";

const cities = pgTable("cities", { name: text("name") });

// Throws unless the policy lets this environment be seeded.
const assertion = execFileSync("guard-cli", ["sql", "assert"], { encoding: "utf8" });

const db = drizzle(process.env.DATABASE_URL);
try {
  await db.transaction(async (tx) => {
    await tx.execute(sql.raw(assertion));
    await tx.insert(cities).values([{ name: "Nantes" }, { name: "Brest" }]);
  });
} finally {
  await db.$client.end();
}
