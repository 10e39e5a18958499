// Beside the schemas and not among them: a device needs the number, and no schema library with it.

/** Version of the extension spoken here. A server that no longer speaks a client's answers 426 `client_too_old`. */
export const EXCHANGE_PROTOCOL = 1 as const;
