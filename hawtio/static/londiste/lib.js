// The libraries that Hawtio shares with its plugins. They are set before any other module is loaded.

export let React
export let router
export let hawtio
export let pf
export let table

export function use(libraries) {
  ;({ React, router, hawtio, pf, table } = libraries)
}

/** Creates an element: h(component, props, ...children). */
export const h = (...parts) => React.createElement(...parts)
