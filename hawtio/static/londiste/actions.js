// The commands of an operator. Each shows a message when it has succeeded or failed.

import { addInPieces } from './adding.js'
import { commands, notify } from './command.js'
import { execute } from './server.js'
import { count, counted } from './format.js'

export function actionsOf(data, refresh) {
  const { replay, ticker, provider, subscriber } = data ?? {}

  const act = commands(refresh)

  /** Executes an operation on tables. Names are written with quotes where they need them, so that they can be listed. */
  const onTables = (tables, all = false, operation, ...more) =>
    execute(subscriber.objectName, operation, all ? '' : tables.map(table => table.Name).join(','), all, ...more)

  const tables = list => (list.length === 1 ? list[0].Name : counted(list.length, 'table'))

  return {
    pause: () => act('The replay is paused', () => execute(replay.objectName, 'pause')),
    resume: () => act('The replay is resumed', () => execute(replay.objectName, 'resume')),
    reload: () =>
      act('The INI file and the routes were read again', () => execute((replay ?? ticker).objectName, 'reload')),
    stop: () => act('The daemon stops after its current batch', () => execute((replay ?? ticker).objectName, 'stop')),
    install: side => act('Installed', () => execute({ provider, subscriber, ticker }[side].objectName, 'install')),

    /** Adds tables; returns nothing if all were added, otherwise the refused ones with a title. See addInPieces. */
    add: async (list, { expectSync, skipTruncate, denyWrites, force, create, destTable, where, columns, set, ops, shard, applyFn, partitionBy, retention }, { progress, stopped }) => {
      let result = { added: 0, refused: [] }
      let failure = ''
      const summary = () => `Added ${count(result.added)} of ${counted(list.length, 'table')}`
      try {
        result = await addInPieces({
          tables: list,
          register: names => execute(provider.objectName, 'add', names.join(','), false),
          subscribe: names => execute(subscriber.objectName, 'add', names.join(','), false, force, expectSync, skipTruncate, denyWrites, destTable, where, columns, set, create ? 'full' : '', ops, shard, applyFn, partitionBy, retention),
          progress: soFar => {
            result = soFar
            progress(soFar)
          },
          stopped,
        })
      } catch (gone) {
        failure = gone.message
      }
      refresh()
      if (!failure && result.added === list.length) {
        notify('success', list.length === 1 ? `Added ${list[0].name}` : `Added ${counted(list.length, 'table')}`)
        return null
      }
      notify(failure || result.refused.length ? 'danger' : 'warning', failure ? `${summary()}: ${failure}` : summary())
      return { ...result, title: failure ? `${summary()}: ${failure}` : summary() }
    },
    remove: (list, all) => act(`Removed ${tables(list)}`, () => onTables(list, all, 'remove')),
    resync: (list, all) => act(`${tables(list)} will be copied again`, () => onTables(list, all, 'resync')),
    retry: (list, all) => act(`${tables(list)} ${list.length === 1 ? 'is' : 'are'} tried again`, () => onTables(list, all, 'retry')),
    compare: (list, all, countOnly = false) =>
      act(`Comparing ${tables(list)}`, () => onTables(list, all, 'compare', countOnly, false, false, '', 0)),
    repair: (list, all, apply, force) =>
      act(`Repairing ${tables(list)}`, () => onTables(list, all, 'repair', apply, true, false, force, '', 0)),
    restoreTriggers: name =>
      act(`Restored the triggers of ${name}`, () => execute(subscriber.objectName, 'restoreTriggers', name, '')),
    saveTriggers: name => act(`Saved the triggers of ${name}`, () => execute(subscriber.objectName, 'saveTriggers', name)),
    cancel: comparison => act('Cancelled', () => execute(comparison.objectName, 'cancel')),
    forget: comparison => act('Removed from the list', () => execute(comparison.objectName, 'forget')),
    unregister: consumer => act(`Unregistered ${consumer.Name}`, () => execute(consumer.objectName, 'unregister')),
    candidates: () => execute(provider.objectName, 'candidates'),
    foreignKeys: () => execute(subscriber.objectName, 'foreignKeys', 'pending'),
    triggers: () => execute(subscriber.objectName, 'triggers', 'all'),
  }
}
