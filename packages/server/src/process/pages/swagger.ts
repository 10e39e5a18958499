// The readable page of the API: Swagger UI from its own package, set up by a script of ours, so that no script stands in the page.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** Folder with the page library's files. */
export function swaggerFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
}

export const SWAGGER_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Syncline API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<main id="api"></main>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/setup.js"></script>
</body>
</html>
`;

export const SWAGGER_SETUP = `window.SwaggerUIBundle({ url: '/openapi.json', dom_id: '#api', validatorUrl: null, tryItOutEnabled: true });
`;
