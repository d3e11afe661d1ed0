package io.londiste.pgq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TransactionTest {
    private static Iterator<Event> events(long... transactions) {
        AtomicInteger id = new AtomicInteger();
        return LongStream.of(transactions)
                .mapToObj(txid ->
                        new Event(id.incrementAndGet(), null, txid, null, "t", "x", null, null, null, null, null))
                .iterator();
    }

    private static List<Long> ids(Transaction transaction) {
        List<Long> ids = new ArrayList<>();
        transaction.forEach(event -> ids.add(event.id()));
        return ids;
    }

    @Test
    void consecutiveEventsOfOneTransactionAreOne() {
        Iterator<Transaction> transactions = Transaction.of(events(7, 7, 8, 7));

        assertThat(ids(transactions.next())).containsExactly(1L, 2L);
        assertThat(ids(transactions.next())).containsExactly(3L);
        Transaction last = transactions.next();
        assertThat(last.id()).isEqualTo(7);
        assertThat(ids(last)).containsExactly(4L);
        assertThat(transactions.hasNext()).isFalse();
    }

    @Test
    void noEventsAreNoTransaction() {
        assertThat(Transaction.of(events()).hasNext()).isFalse();
    }

    @Test
    void unreadEventsAreSkipped() {
        Iterator<Transaction> transactions = Transaction.of(events(7, 7, 7, 8));
        Transaction first = transactions.next();
        assertThat(first.iterator().next().id()).isEqualTo(1);

        assertThat(ids(transactions.next())).containsExactly(4L);
        assertThat(first).isEmpty();
    }

    @Test
    void anEndedTransactionDoesNotReadTheNextPartOfItself() {
        Iterator<Transaction> transactions = Transaction.of(events(7, 8, 7));
        Transaction first = transactions.next();
        transactions.next();
        transactions.next();

        assertThat(first).isEmpty();
    }

    @Test
    void noMoreIsReadThanIsAskedFor() {
        Iterator<Event> events = events(7, 7, 7, 7);
        Transaction transaction = Transaction.of(events).next();

        transaction.iterator().next();

        assertThat(events.next().id()).isEqualTo(2);
    }
}
