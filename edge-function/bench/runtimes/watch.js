// Looks on while a runtime loads a function: when its module is compiled, and when it is instantiated. Nothing of the function is another for it.

/**
 * The steps of a cold start, in milliseconds, in their order.
 * @typedef {object} Steps
 * @property {number} [script] JavaScript, and reading files
 * @property {number} [compile] of the module
 * @property {number} [instantiate] of the compiled module
 * @property {number} [policy] checked, made into a matcher, keys prepared
 * @property {number} [first] the first request
 */

/** What is seen, in milliseconds of `performance.now()`; of several, all of compiling, and the last instance. */
export function watch() {
  const { Module, Instance, compileStreaming } = WebAssembly;
  let compile = 0;
  /** @type {{ begin: number, end: number } | undefined} */
  let instance;
  /** @type {WebAssembly.Instance[]} */
  const instances = [];

  // No classes of our own: what others compile has to stay an instance of `WebAssembly.Module`.
  WebAssembly.Module = new Proxy(Module, {
    construct(target, args, caller) {
      const begin = performance.now();
      const module = Reflect.construct(target, args, caller);
      compile += performance.now() - begin;
      return module;
    },
  });
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, args, caller) {
      const begin = performance.now();
      const made = Reflect.construct(target, args, caller);
      instance = { begin, end: performance.now() };
      instances.push(made);
      return made;
    },
  });
  if (compileStreaming !== undefined) {
    WebAssembly.compileStreaming = async (source) => {
      const begin = performance.now();
      const module = await compileStreaming(source);
      compile += performance.now() - begin;
      return module;
    };
  }

  /**
   * The steps of what was loaded meanwhile; nothing for a function without a module.
   * @param {number} begin when loading it began
   * @param {number} loaded when it was loaded, its policy too
   * @returns {Steps}
   */
  function steps(begin, loaded) {
    if (instance === undefined) return {};
    return { script: instance.begin - begin - compile, compile, instantiate: instance.end - instance.begin, policy: loaded - instance.end };
  }

  /** Bytes of the linear memories, if there are any. */
  function memory() {
    const memories = instances.flatMap(({ exports }) => Object.values(exports).filter((value) => value instanceof WebAssembly.Memory));
    return memories.length === 0 ? undefined : memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
  }

  return { steps, memory };
}
