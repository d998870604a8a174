import { defineConfig } from "prisma/config";

export default defineConfig({
  schema: "schema.prisma",
  // So that `prisma db seed` passes the guard, too.
  migrations: { seed: "guard-cli seed -- tsx seed.ts" },
});
