// guard-cli seed -- node examples/seeds/node-postgres/seed.mjs
import { execFileSync } from "node:child_process";
import pg from "pg";

// Throws unless the policy lets this environment be seeded.
const assertion = execFileSync("guard-cli", ["sql", "assert"], { encoding: "utf8" });

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
try {
  await client.query("BEGIN");
  await client.query(assertion);
  for (const name of ["Nantes", "Brest"]) {
    await client.query("INSERT INTO public.cities (name) VALUES ($1)", [name]);
  }
  await client.query("COMMIT");
} finally {
  // What was not committed is rolled back.
  await client.end();
}
