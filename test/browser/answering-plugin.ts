// Makes the browser project's own web server answer the transport contract, so that `fetch` is tested against a real server of one origin.
import type { Plugin } from 'vite';

const SERVER_FILE = '/contracts/answering-server.ts';

export function answeringServer(): Plugin {
  return {
    name: 'syncline:answering-server',
    configureServer(server) {
      server.middlewares.use('/contract', (request, response, next) => {
        void server.ssrLoadModule(SERVER_FILE).then(({ answerRequest }) => answerRequest(request, response)).catch(next);
      });
    },
  };
}
