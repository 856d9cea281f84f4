// Servers of Node.js.

import express from "express";
import Fastify from "fastify";
import { createServer, type Server } from "node:http";

import { createMiddleware, wrap, type Middleware, type MiddlewareOptions } from "edgeseal/node";

const options: MiddlewareOptions = { maxInputBytes: 1, maxOutputBytes: 2, log: async ({ microseconds }) => console.log(microseconds) };
const seal: Middleware = createMiddleware("{}", options);

const app = express();
app.use(seal);
app.use("/api", createMiddleware("{}"), express.json());
express.Router().post("/people", seal, (request, response) => void response.json(request.body));

export const server: Server = createServer(wrap(seal, app));
export const own: Server = createServer(wrap(seal, (incoming, outgoing) => outgoing.end(incoming.url)));
export const fastify = Fastify({ serverFactory: (listener) => createServer(wrap(seal, listener)) });

// @ts-expect-error: an option that does not exist
createMiddleware("{}", { logs: console.log });
