// The libraries that the console shares with its plugins; set before any other module is loaded.

export let React
export let router
export let hawtio
export let pf
export let table

export function use(libraries) {
  ;({ React, router, hawtio, pf, table } = libraries)
}

/** An element: h(component, props, ...children). */
export const h = (...parts) => React.createElement(...parts)
