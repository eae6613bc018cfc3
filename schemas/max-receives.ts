/** Deliveries of a message before it becomes a dead letter: what the queues are given, and what their workers count. */
export const maxReceives = 5
