/** Puts another method in the place of one, which is handed over so that it can be called. */
export function replace<Owner extends object, Name extends keyof Owner>(
  owner: Owner,
  name: Name,
  make: (original: Owner[Name]) => Owner[Name],
): void {
  owner[name] = make(owner[name])
}
