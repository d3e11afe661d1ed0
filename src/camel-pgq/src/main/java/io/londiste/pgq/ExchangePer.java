package io.londiste.pgq;

/** Of what a consumer makes one exchange. */
public enum ExchangePer {
    /** The body is the {@link Batch}. */
    BATCH,
    /** The body is a {@link Transaction}: consecutive events of a batch that one transaction inserted. */
    TRANSACTION,
    /** The body is an {@link Event}. */
    EVENT
}
