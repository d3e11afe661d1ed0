package io.londiste.jmx;

import io.londiste.app.Application;
import io.londiste.error.LondisteException;
import io.londiste.watch.ControlledDaemon;
import java.time.Instant;
import java.util.Optional;

/** Routes inside another program, such as the demo, which alone starts and stops them. Only pause and resume are possible. */
public final class EmbeddedDaemon implements ControlledDaemon {
    private final Application application;
    private volatile Condition condition = new Condition(State.RUNNING, "", Instant.now());

    /** @param application the routes, which are running already */
    public EmbeddedDaemon(Application application) {
        this.application = application;
    }

    @Override
    public Condition condition() {
        return condition;
    }

    @Override
    public Optional<Application> application() {
        return Optional.of(application);
    }

    @Override
    public synchronized void pause() {
        application.pause();
        condition = new Condition(State.PAUSED, "", Instant.now());
    }

    @Override
    public synchronized void resume() {
        application.resume();
        condition = new Condition(State.RUNNING, "", Instant.now());
    }

    @Override
    public void rewind() {
        throw refusal();
    }

    @Override
    public void reset() {
        throw refusal();
    }

    @Override
    public void reload() {
        throw refusal();
    }

    @Override
    public void stop() {
        throw refusal();
    }

    @Override
    public void kill() {
        throw refusal();
    }

    private static LondisteException refusal() {
        return new LondisteException("this replay is part of another program, which alone can do this");
    }
}
