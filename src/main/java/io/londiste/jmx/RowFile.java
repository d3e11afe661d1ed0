package io.londiste.jmx;

import io.londiste.change.TableName;
import io.londiste.digest.DifferingRows;
import io.londiste.digest.RowDifferences;
import io.londiste.error.LondisteException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows that a comparison has found to differ, as CSV for each table, in one temporary file that only this user can read. Where
 * open files can be deleted, nothing remains of it when the process ends, however it ends. A comparison does not fail because
 * its rows cannot be kept. Safe for use by several threads.
 */
final class RowFile implements DifferingRows, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RowFile.class);

    /** In bytes, so that tables that have nothing in common do not fill the disk. */
    private static final long LIMIT = 256L << 20;

    /** In bytes; each table collects so much before it is written. */
    private static final int BLOCK = 1 << 16;

    private final Map<TableName, Rows> tables = new ConcurrentHashMap<>();
    private final long limit;
    private FileChannel file;
    private long size;
    private boolean closed;

    RowFile() {
        this(LIMIT);
    }

    /** @param limit how large the file may become, in bytes */
    RowFile(long limit) {
        this.limit = limit;
    }

    @Override
    public RowDifferences.Listener of(TableName table, List<String> columns) {
        var rows = new Rows(columns);
        tables.put(table, rows);
        return rows;
    }

    /** How many of the table's rows are kept; null if none differs. */
    Long kept(TableName table) {
        var rows = tables.get(table);
        return rows == null ? null : rows.kept();
    }

    /**
     * A part of the table's rows: a line of column names, then a line for each row and side: what it is (missing, extra,
     * different), the side, and its values. A value that is null is nothing, an empty text is quoted.
     *
     * @param from where it begins, in bytes
     * @param length its largest size, in bytes
     */
    Part part(TableName table, long from, int length) {
        var rows = tables.get(table);
        if (rows == null || rows.kept() == 0) {
            throw new LondisteException("no differing rows of " + table + " are kept");
        }
        return rows.part(from, length);
    }

    /** Returns where the bytes stand in the file; -1 if they are not kept. */
    private synchronized long append(byte[] bytes) {
        if (closed || size + bytes.length > limit) {
            return -1;
        }
        try {
            if (file == null) {
                file = FileChannel.open(
                        Files.createTempFile("londiste-rows", ".csv"),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.DELETE_ON_CLOSE);
            }
            var buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                file.write(buffer, size + buffer.position());
            }
        } catch (IOException e) {
            LOG.warn("The rows that differ cannot be kept on disk: {}", e.toString());
            return -1;
        }
        long position = size;
        size += bytes.length;
        return position;
    }

    private synchronized byte[] read(long position, int length) {
        var buffer = ByteBuffer.allocate(length);
        try {
            while (buffer.hasRemaining()) {
                if (file == null || file.read(buffer, position + buffer.position()) < 0) {
                    throw new IOException("it has ended");
                }
            }
        } catch (IOException e) {
            throw new LondisteException("the rows that differ cannot be read: " + e, e);
        }
        return buffer.array();
    }

    @Override
    public synchronized void close() {
        closed = true;
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            LOG.debug("The rows that differ cannot be removed", e);
        }
        file = null;
    }

    private record Block(long position, int length) {}

    /** The rows of one table. */
    private final class Rows implements RowDifferences.Listener {
        private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
        private final List<Block> blocks = new ArrayList<>();
        private long length;
        private long written;
        private long waiting;
        private boolean full;

        private Rows(List<String> columns) {
            add(line("difference", "side", columns));
        }

        @Override
        public void missing(List<String> row) {
            row(line("missing", "provider", row));
        }

        @Override
        public void extra(List<String> row) {
            row(line("extra", "subscriber", row));
        }

        @Override
        public void different(List<String> there, List<String> here) {
            row(line("different", "provider", there) + line("different", "subscriber", here));
        }

        private static String line(String difference, String side, List<String> values) {
            return Stream.concat(Stream.of(difference, side), values.stream().map(Rows::field))
                    .collect(Collectors.joining(",", "", "\n"));
        }

        private static String field(String value) {
            boolean plain =
                    value == null || !value.isEmpty() && value.chars().noneMatch(c -> c == ',' || c == '"' || c < ' ');
            return value == null ? "" : plain ? value : '"' + value.replace("\"", "\"\"") + '"';
        }

        private synchronized void row(String lines) {
            if (!full) {
                add(lines);
                waiting++;
                if (pending.size() >= BLOCK) {
                    flush();
                }
            }
        }

        private void add(String lines) {
            pending.writeBytes(lines.getBytes(StandardCharsets.UTF_8));
        }

        private void flush() {
            if (waiting > 0 && !full) {
                long position = append(pending.toByteArray());
                full = position < 0;
                if (!full) {
                    blocks.add(new Block(position, pending.size()));
                    length += pending.size();
                    written += waiting;
                }
                waiting = 0;
                pending.reset();
            }
        }

        private synchronized long kept() {
            flush();
            return written;
        }

        private synchronized Part part(long from, int wanted) {
            flush();
            var part = new ByteArrayOutputStream();
            int missing = Part.length(from, wanted, length);
            long begin = 0;
            for (var block : blocks) {
                long skipped = Math.max(0, from + part.size() - begin);
                if (missing > 0 && skipped < block.length) {
                    int taken = (int) Math.min(missing, block.length - skipped);
                    part.writeBytes(read(block.position + skipped, taken));
                    missing -= taken;
                }
                begin += block.length;
            }
            return Part.of(part.toByteArray(), from, length);
        }
    }
}
