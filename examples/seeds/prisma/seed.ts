// npx prisma generate && guard-cli seed -- npx tsx seed.ts
import { execFileSync } from "node:child_process";
import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "./generated/client.ts";

// Throws unless the policy lets this environment be seeded.
const assertion = execFileSync("guard-cli", ["sql", "assert"], { encoding: "utf8" });

const adapter = new PrismaPg({ connectionString: process.env.DATABASE_URL });
const prisma = new PrismaClient({ adapter });
try {
  // An interactive transaction: the array form may not stop at the first error
  // before it has sent the rest.
  await prisma.$transaction(async (tx) => {
    await tx.$executeRawUnsafe(assertion);
    await tx.city.createMany({ data: [{ name: "Nantes" }, { name: "Brest" }] });
  });
} finally {
  await prisma.$disconnect();
}
