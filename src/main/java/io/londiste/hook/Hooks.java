package io.londiste.hook;

import io.londiste.error.RecentErrors;
import io.londiste.error.RepeatFilter;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.component.seda.SedaEndpoint;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.service.ServiceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends messages to the routes that read from the endpoints of hooks. A message waits in the queue of its endpoint, which the
 * route empties with threads of its own, so that the sender waits for nobody and does not meet the route's errors. Where no route
 * reads, nothing is done. Safe for use by several threads.
 */
public final class Hooks {
    /** The maximum number of characters of the changes that are kept of one batch, and of those that wait in a queue. */
    public static final long MAX_CHARACTERS =
            Math.min(8_000_000, Runtime.getRuntime().maxMemory() / 64);

    /** How long the routes may work on what waits for them when they are to stop. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private static final long STOP_POLL_MILLIS = 20;

    private static final Logger LOG = LoggerFactory.getLogger(Hooks.class);

    private final Supplier<CamelContext> context;
    private final RecentErrors errors;
    private final RepeatFilter repeats = new RepeatFilter();
    private final AtomicLong lost = new AtomicLong();
    private volatile Readers readers;
    private volatile boolean ended;

    /**
     * What reads messages.
     *
     * @param endpoints those from which routes read; if several read from one, it gives each a copy
     * @param routes these routes
     */
    private record Readers(Map<Hook, SedaEndpoint> endpoints, Set<String> routes) {}

    /**
     * @param context the context of the routes; all of them are in it when this is used first
     * @param errors has those of the messages that could not be delivered
     */
    public Hooks(Supplier<CamelContext> context, RecentErrors errors) {
        this.context = context;
        this.errors = errors;
    }

    /** Whether a route reads from the hook's endpoint, so that there is a reason to make messages. */
    public boolean isRead(Hook hook) {
        return readers().endpoints.containsKey(hook);
    }

    /**
     * Puts a message into the queue of the hook's endpoint, if a route reads from it. If the queue is full, the message is lost;
     * that is counted, and logged once a minute at most.
     */
    public void send(Hook hook, Record body) {
        SedaEndpoint endpoint = readers().endpoints.get(hook);
        if (endpoint == null || ended) {
            return;
        }
        BlockingQueue<Exchange> queue = endpoint.getQueue();
        Exchange exchange = endpoint.createExchange();
        exchange.getMessage().setBody(body);
        if (isTooLarge(body, queue) || !queue.offer(exchange)) {
            lose(hook, queue.size());
        }
    }

    /** Whether the changes that wait already are as many as memory allows. */
    private static boolean isTooLarge(Record body, Collection<Exchange> queue) {
        return body instanceof CommittedChanges more
                && !queue.isEmpty()
                && more.characters()
                                + queue.stream().mapToLong(Hooks::characters).sum()
                        > MAX_CHARACTERS;
    }

    private static long characters(Exchange waiting) {
        return waiting.getMessage().getBody() instanceof CommittedChanges changes ? changes.characters() : 0;
    }

    private void lose(Hook hook, int waiting) {
        long total = lost.incrementAndGet();
        String place = "seda:" + hook.endpoint();
        String message = "messages are lost, because the route that reads from it is too slow";
        errors.add(place, message);
        if (repeats.isNews(place, message)) {
            LOG.warn(
                    "{}: {}: {} wait in its queue, which is full; {} were lost in all", place, message, waiting, total);
        }
    }

    /** How many messages were lost. */
    public long lost() {
        return lost.get();
    }

    private Readers readers() {
        Readers known = readers;
        if (known == null) {
            known = find(context.get());
            readers = known;
        }
        return known;
    }

    private static Readers find(CamelContext context) {
        Readers found = new Readers(new EnumMap<>(Hook.class), new TreeSet<>());
        for (RouteDefinition route :
                context.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions()) {
            String uri = context.resolvePropertyPlaceholders(route.getInput().getEndpointUri());
            if (uri.startsWith("seda:") && context.getEndpoint(uri) instanceof SedaEndpoint endpoint) {
                Hook.of(endpoint.getName()).ifPresent(hook -> {
                    found.endpoints.putIfAbsent(hook, endpoint);
                    found.routes.add(route.getRouteId());
                });
            }
        }
        return found;
    }

    /**
     * Sends nothing from now on, and returns when the routes have processed what they were sent, or after five seconds: what still
     * waits is lost then, and routes that still work are interrupted, so that they do not hold up the end of the replay.
     */
    public void end() {
        ended = true;
        Readers known = readers;
        if (known == null || known.routes.isEmpty()) {
            return;
        }
        awaitIdle(known);
        known.endpoints.values().forEach(endpoint -> endpoint.getQueue().clear());
        for (String name : known.routes) {
            Route route = context.get().getRoute(name);
            if (route != null && isWorking(name)) {
                LOG.warn(
                        "route {} is interrupted: it still works {} s after it was to stop",
                        name,
                        STOP_TIMEOUT.toSeconds());
                ServiceHelper.stopService(route.getConsumer());
            }
        }
    }

    private void awaitIdle(Readers known) {
        long end = System.nanoTime() + STOP_TIMEOUT.toNanos();
        try {
            while (System.nanoTime() < end && !isIdle(known)) {
                Thread.sleep(STOP_POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isIdle(Readers known) {
        return known.endpoints.values().stream()
                        .allMatch(endpoint -> endpoint.getQueue().isEmpty())
                && known.routes.stream().noneMatch(this::isWorking);
    }

    private boolean isWorking(String route) {
        return context.get().getInflightRepository().size(route) > 0;
    }
}
