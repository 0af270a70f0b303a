import { signal } from '@preact/signals'
import { keep, kept } from './kept.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export const theme = signal<Theme>(THEMES.find((one) => one === kept('theme')) ?? 'system')

export function applyTheme(): void {
  document.documentElement.style.colorScheme = theme.value === 'system' ? 'light dark' : theme.value
}

export function chooseTheme(next: Theme): void {
  theme.value = next
  keep('theme', next === 'system' ? null : next)
  applyTheme()
}
