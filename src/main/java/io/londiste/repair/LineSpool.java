package io.londiste.repair;

import io.londiste.error.LondisteException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;

/**
 * Any number of lines on disk: first they are added, then they can be read several times. Where open files can be deleted,
 * nothing remains of them when the process ends, however it ends. Used by one thread.
 */
final class LineSpool implements AutoCloseable {
    private FileChannel file;
    private BufferedWriter writer;
    private long lines;

    void add(String line) {
        try {
            if (file == null) {
                file = FileChannel.open(
                        Files.createTempFile("londiste-fix", ".sql"),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.DELETE_ON_CLOSE);
                writer = new BufferedWriter(
                        new OutputStreamWriter(Channels.newOutputStream(file), StandardCharsets.UTF_8));
            }
            writer.write(line);
            writer.write('\n');
            lines++;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    long lines() {
        return lines;
    }

    /** All lines, from the first. Nothing may be added after that; the reader need not be closed. */
    BufferedReader read() {
        try {
            if (file == null) {
                return new BufferedReader(Reader.nullReader());
            }
            writer.flush();
            file.position(0);
            return new BufferedReader(Channels.newReader(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw failure(e);
        }
    }

    static LondisteException failure(IOException e) {
        return new LondisteException("cannot keep statements on disk: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }
}
