package io.londiste.routes;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.Body;

/** What the routes of a test were told; they call it as a bean. One test at a time uses it. */
public final class Told {
    private static final Queue<Object> BODIES = new ConcurrentLinkedQueue<>();

    static void clear() {
        BODIES.clear();
    }

    static <T> List<T> of(Class<T> kind) {
        return BODIES.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    public void add(@Body Object body) {
        BODIES.add(body);
    }

    /** Fails at the first body. */
    public void addButFailAtFirst(@Body Object body) {
        boolean first = BODIES.isEmpty();
        BODIES.add(body);
        if (first) {
            throw new IllegalStateException("not yet");
        }
    }

    /** Never returns, unless it is interrupted. */
    public void holdForEver() throws InterruptedException {
        new CountDownLatch(1).await();
    }
}
