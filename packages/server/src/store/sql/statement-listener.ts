/** Told of each statement before it is sent; tests count by it. Stands apart from the driver, whose types the package does not ask for. */
export type StatementListener = (sql: string, parameters: readonly unknown[]) => void;
