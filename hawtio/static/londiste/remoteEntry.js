// The entry that Hawtio loads: a module federation container, written by hand. The page's modules use React, PatternFly and
// Hawtio from the share scope of the console, so that nothing is loaded twice and no build is needed.
(() => {
  'use strict'
  const base = document.currentScript.src
  let scope

  const shared = async name => {
    const versions = scope?.[name]
    if (!versions) throw new Error(`this console does not share ${name}`)
    const keys = Object.keys(versions).sort()
    const key = keys.find(each => versions[each].loaded) ?? keys.at(-1)
    return (await versions[key].get())()
  }

  window.londiste = {
    init: given => {
      scope = given
    },
    get: async () => {
      const names = ['react', 'react-router-dom', '@hawtio/react', '@patternfly/react-core', '@patternfly/react-table']
      const [React, router, hawtio, pf, table] = await Promise.all(names.map(shared))
      const { use } = await import(new URL('lib.js', base))
      use({ React, router, hawtio, pf, table })
      const { plugin } = await import(new URL('plugin.js', base))
      return () => ({ plugin })
    },
  }
})()
