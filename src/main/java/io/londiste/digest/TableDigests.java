package io.londiste.digest;

import io.londiste.change.TableName;
import io.londiste.table.TableShape;
import java.util.Set;

/** The digests of a table's two sides: the body of the routes after the table was digested. Immutable. */
public final class TableDigests {
    private final TableComparison comparison;
    private final CommonShape shape;
    private final TableShape subscriberShape;
    private final Ranges ranges;
    private final DigestScan.Digests digests;
    private final Set<Integer> pieces;

    /** @param ranges the pieces into which the table is cut */
    TableDigests(
            TableComparison comparison,
            CommonShape shape,
            TableShape subscriberShape,
            Ranges ranges,
            DigestScan.Digests digests) {
        this.comparison = comparison;
        this.shape = shape;
        this.subscriberShape = subscriberShape;
        this.ranges = ranges;
        this.digests = digests;
        this.pieces = digests.provider().differing(digests.subscriber());
    }

    /** The table's comparison, for the steps that follow. */
    public TableComparison comparison() {
        return comparison;
    }

    public TableName table() {
        return comparison.name();
    }

    /** What both sides have in common. */
    public CommonShape shape() {
        return shape;
    }

    /** The subscriber's table. */
    public TableShape subscriberShape() {
        return subscriberShape;
    }

    /** Whether any rows differ. */
    public boolean isDifferent() {
        return !pieces.isEmpty();
    }

    /** The number of rows on the provider. */
    public long providerRows() {
        return digests.provider().rows();
    }

    /** The number of rows on the subscriber. */
    public long subscriberRows() {
        return digests.subscriber().rows();
    }

    /** The number of rows, on the side that has more of them, in the pieces that differ. */
    public long rowsToRead() {
        return Math.max(digests.provider().rows(pieces), digests.subscriber().rows(pieces));
    }

    /** The SQL condition for the rows in the pieces that differ. */
    String condition() {
        return ranges.condition(pieces);
    }
}
