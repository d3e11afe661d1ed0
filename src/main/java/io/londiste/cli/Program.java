package io.londiste.cli;

import io.londiste.config.Section;
import picocli.CommandLine.IVersionProvider;

/** The two programs. */
public enum Program {
    LONDISTE(Section.LONDISTE),
    PGQADM(Section.PGQADM);

    private final Section section;

    Program(Section section) {
        this.section = section;
    }

    /** The program of that name, with or without the suffix {@code .py}; {@link #LONDISTE} for any other name. */
    public static Program named(String name) {
        return name.replaceFirst("\\.py$", "").equals("pgqadm") ? PGQADM : LONDISTE;
    }

    public Section section() {
        return section;
    }

    public String written() {
        return section.written();
    }

    /** Provides the text that -V prints. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            var version = Program.class.getPackage().getImplementationVersion();
            return new String[] {"${COMMAND-FULL-NAME} (camel-londiste) " + (version == null ? "development" : version)
            };
        }
    }
}
