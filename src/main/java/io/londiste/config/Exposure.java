package io.londiste.config;

import io.londiste.db.FileRights;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of files with a password that other users may read, once for each file in a process. */
final class Exposure {
    private static final Logger LOG = LoggerFactory.getLogger(Exposure.class);
    private static final Set<Path> WARNED = ConcurrentHashMap.newKeySet();

    private Exposure() {}

    /** @param file a file that has a password in it */
    static void warn(Path file) {
        if (FileRights.isExposed(file) && WARNED.add(file.toAbsolutePath())) {
            LOG.warn("{}: has a password in it, and other users may read it; run: chmod 0600", file);
        }
    }
}
