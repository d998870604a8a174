// What the policy lets a request do here, as plain middleware.
import { execFileSync } from "node:child_process";
import { createHash, timingSafeEqual } from "node:crypto";

/**
 * What the policy says of the environment that this process is in. Throws unless the
 * guard permits it.
 */
export function judged() {
  const { environment, policy } = told("check");
  const shown = told("policy", "show");
  const here = shown.environments[environment];
  const [header] = here["debug.header"];
  const [secret] = here["debug.secret"];
  return {
    environment,
    policy: policy.name,
    domains: new Set(here.domains),
    // Nothing where the policy forbids debug endpoints.
    debug: header && {
      paths: here["debug.paths"],
      header: header.toLowerCase(),
      digest: digest(Buffer.from(process.env[secret])),
    },
  };
}

/** Lets only requests for a host of this environment through. */
export function hostGate({ domains }) {
  return (request, response, next) => {
    if (domains.has(hostOf(request))) next();
    else response.writeHead(421, { "Content-Length": 0 }).end();
  };
}

/**
 * Leads requests with the secret to the debug endpoints. Any other goes on, unchanged:
 * to the service, in which a debug path is a path that does not exist.
 */
export function debugGate({ debug }, endpoints) {
  return (request, response, next) => {
    if (!debug || !isSecret(debug, request) || !isBelow(debug.paths, request.url)) return next();
    delete request.headers[debug.header];
    endpoints(request, response, next);
  };
}

/** The one host that a request names, or nothing. No proxy is believed. */
function hostOf(request) {
  const [host, ...more] = values(request, "host");
  // A target with a host of its own, such as `GET http://other/`, is not for us.
  if (more.length > 0 || !request.url.startsWith("/")) return undefined;
  return host?.replace(/:\d+$/, "").toLowerCase();
}

/** Compares digests, which are of one length, in constant time. */
function isSecret({ header, digest: expected }, request) {
  const [given, ...more] = values(request, header);
  if (given === undefined || more.length > 0) return false;
  return timingSafeEqual(digest(Buffer.from(given, "latin1")), expected);
}

/** To the byte: what has to be decoded first is another path. */
function isBelow(paths, url) {
  const [path] = url.split("?", 1);
  return paths.some((known) => path === known || path.startsWith(`${known}/`));
}

/** Every value of a header, as it was sent: Node joins some and drops others. */
function values({ rawHeaders }, name) {
  return rawHeaders.filter((_, at) => at % 2 && rawHeaders[at - 1].toLowerCase() === name);
}

function digest(bytes) {
  return createHash("sha256").update(bytes).digest();
}

function told(...command) {
  const output = execFileSync("guard-cli", [...command, "--format", "json"], { encoding: "utf8" });
  return JSON.parse(output);
}
