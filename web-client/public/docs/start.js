// Shows /openapi.json. Nothing is asked of other servers: no validator badge, and calls go to this one.
globalThis.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  docExpansion: "none",
  validatorUrl: null,
});
