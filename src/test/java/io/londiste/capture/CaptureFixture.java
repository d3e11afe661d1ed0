package io.londiste.capture;

import io.londiste.test.PostgresPair;
import java.io.IOException;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** A {@link CaptureDb} for each major that the class is run with. */
@ExtendWith(PostgresPair.class)
abstract class CaptureFixture {
    static CaptureDb capture;

    @Parameter
    int major;

    @BeforeParameterizedClassInvocation
    static void open(int major) {
        capture = new CaptureDb(major);
    }

    @AfterParameterizedClassInvocation
    static void close() throws IOException {
        capture.close();
    }
}
