package io.londiste.config;

/** The sections of INI files, one for each program. */
public enum Section {
    /** A replication job, for {@code londiste}. */
    LONDISTE,
    /** A ticker, for {@code pgqadm}. */
    PGQADM;

    /** The name in the file, without brackets. */
    public String written() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
