/** What moves the cursor, colours, rings or turns the direction of text: escape sequences begin with one of these. */
// oxlint-disable-next-line no-control-regex -- these are what it removes
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g

/** Makes a text from outside safe for a terminal and one line long: a contact chooses its name, and an end point its answer. */
export const plain = (text: string): string => text.replace(/[\r\n\t]+/g, ' ').replace(UNSAFE, '�')
