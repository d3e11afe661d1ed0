package io.londiste.config;

/** The sections of INI files, one for each program. */
public enum Section {
    /** A replication job, of {@code londiste}. */
    LONDISTE,
    /** A ticker, of {@code pgqadm}. */
    PGQADM;

    /** The name as it stands in the file, without brackets. */
    public String written() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
