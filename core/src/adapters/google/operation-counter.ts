/** Counts of the operations that Google bills. */
export interface OperationCounter {
  documentReads: number
  documentWrites: number
  documentDeletes: number
  objectCreates: number
  objectReads: number
  objectLists: number
  objectBytesWritten: number
  objectBytesRead: number
  /** Google bills the delivery of each too. */
  taskCreates: number
}

export const newOperationCounter = (): OperationCounter => ({
  documentReads: 0,
  documentWrites: 0,
  documentDeletes: 0,
  objectCreates: 0,
  objectReads: 0,
  objectLists: 0,
  objectBytesWritten: 0,
  objectBytesRead: 0,
  taskCreates: 0,
})
