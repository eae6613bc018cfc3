const vm = require('node:vm')
const { TestEnvironment } = require('jest-environment-node')

/**
 * Jest's environment for Node in a context without interceptors: with them each `Math`, `Object` or `JSON` in a test or in what it
 * imports is a call through a proxy, which takes half the time of a property test.
 */
module.exports = class extends TestEnvironment {
  constructor(...given) {
    const { createContext } = vm
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY)
    try {
      super(...given)
    } finally {
      vm.createContext = createContext
    }
  }
}
