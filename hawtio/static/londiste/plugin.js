// Registers our page as the first one of the console.

import { addToHelpOfHawtio } from './help.js'
import { hawtio } from './lib.js'
import { Page } from './page.js'

export function plugin() {
  const style = document.createElement('link')
  style.rel = 'stylesheet'
  style.href = new URL('londiste.css', import.meta.url).href
  document.head.append(style)
  hawtio.hawtio.addPlugin({
    id: 'londiste',
    title: 'Londiste',
    path: '/londiste',
    order: -1,
    component: Page,
    isActive: async () => true,
  })
  addToHelpOfHawtio()
}
