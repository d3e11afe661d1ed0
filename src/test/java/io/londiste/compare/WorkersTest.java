package io.londiste.compare;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.londiste.error.LondisteException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void whatOneFailedWithIsThrownEvenIfItHasFailedBeforeAnybodyAwaitsIt() {
        var failure = new LondisteException("no such column");
        var others = new CompletableFuture<Void>();
        assertThatThrownBy(() -> Workers.await(List.of(others, CompletableFuture.failedFuture(failure))))
                .isSameAs(failure);
    }
}
