// guard-cli exec --env-file sandbox.env -- node server.js
import express from "express";
import { debugGate, hostGate, judged } from "./guard.js";

const rules = judged();

const debug = express
  .Router()
  .get("/api/_debug/environment", (_, response) => {
    response.json({ environment: rules.environment, policy: rules.policy });
  });

const shop = express
  .Router()
  .get("/products", (_, response) => {
    response.json([{ id: 1, name: "Teapot", cents: 3900 }]);
  })
  .use((_, response) => {
    response.status(404).json({ error: "nothing here" });
  });

express()
  .disable("x-powered-by")
  .use(hostGate(rules))
  .use(debugGate(rules, debug))
  .use(shop)
  .listen(Number(process.env.PORT), () => console.log(`open in ${rules.environment}`));
