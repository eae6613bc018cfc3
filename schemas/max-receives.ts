/** Deliveries of a message before it becomes a dead letter; used by queues and workers. */
export const maxReceives = 5
