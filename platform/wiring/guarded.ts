import { crashOf, Fault } from '../../domain/fault.ts'

/** A handler that throws nothing but a fault: Lambda writes what leaves it into the log and to the dead letters of an invocation, with message, cause and stack. */
export const guarded =
  <Asked extends readonly unknown[], T>(handler: (...asked: Asked) => Promise<T>) =>
  async (...asked: Asked): Promise<T> => {
    try {
      return await handler(...asked)
    } catch (error) {
      throw new Fault(crashOf(error))
    }
  }
