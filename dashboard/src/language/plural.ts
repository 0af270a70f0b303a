/** A text for each of a language's forms of number. `{n}` stands for the number. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

/** Marks a text of the catalogue that has forms, so that every language may have its own ones. */
export const plural = (forms: Plural): Plural => forms
