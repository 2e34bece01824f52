/** What we use of the engine's WebAssembly, which the types of Node leave out. */
type Engine = {
  Module: new (bytes: Uint8Array) => object;
  /** In pages of 64 KB. */
  Memory: new (limits: {
    initial: number;
    maximum: number;
  }) => object;
};

export const { Module, Memory } = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;
