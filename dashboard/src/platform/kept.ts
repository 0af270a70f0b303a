/** What this browser remembers of a person's choices. Storage may be refused: then it remembers nothing. */

export function kept(name: string): string | null {
  try {
    return localStorage.getItem(`holdfast.${name}`)
  } catch {
    return null
  }
}

/** Calls a listener when another page of this browser keeps another value of this name. Returns what ends that. */
export function onKeptElsewhere(name: string, listener: () => void): () => void {
  const heard = ({ key, newValue }: StorageEvent): void => {
    if (key === `holdfast.${name}` && newValue !== null) listener()
  }
  addEventListener('storage', heard)
  return () => removeEventListener('storage', heard)
}

export function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`holdfast.${name}`)
    else localStorage.setItem(`holdfast.${name}`, value)
  } catch {
    // The choice holds until the page is closed.
  }
}
