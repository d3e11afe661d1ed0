package io.londiste.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class DaemonSignalsTest {
    /** As a terminal that was stopped by Ctrl-S, or a pipe that nobody reads. */
    private static final class Blocked extends AppenderBase<ILoggingEvent> {
        private final CountDownLatch released = new CountDownLatch(1);

        @Override
        protected void append(ILoggingEvent line) {
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void aLogThatCannotBeWrittenKeepsNoSignalFromEndingTheProcess() throws Exception {
        var logger = (Logger) LoggerFactory.getLogger(DaemonSignals.class);
        var blocked = new Blocked();
        blocked.start();
        logger.addAppender(blocked);
        try {
            var ended = new CompletableFuture<Integer>();
            var signals = new DaemonSignals(new DaemonControl(() -> {}), ended::complete);

            CompletableFuture.runAsync(() -> signals.terminate("SIGTERM"));

            assertThat(ended.get(1, TimeUnit.MINUTES)).isEqualTo(ExitCode.BY_TERM);
        } finally {
            blocked.released.countDown();
            logger.detachAppender(blocked);
        }
    }
}
