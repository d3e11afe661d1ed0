package io.londiste.test;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests databases on two real PostgreSQL servers, which start once for each JVM. Each test has fresh databases, dropped
 * after it:
 *
 * <pre>{@code
 * @ExtendWith(PostgresPair.class)
 * class RowsTravelIT {
 *     @Test
 *     void rowsTravel(@Provider Db provider, @Subscriber Db subscriber) {...}
 *
 *     @Test
 *     void rowsTravelFarther(@Provider @Major(13) Db provider, @Subscriber Db subscriber) {...}
 * }
 * }</pre>
 *
 * <p>A parameter of a constructor or of {@code @BeforeAll} is one database for the whole class.
 *
 * <p>{@code -Dpostgres=embedded} (the default) takes the servers from the build's own binaries,
 * {@code -Dpostgres=testcontainers} from Docker, {@code -Dpostgres=external:JDBC-URL[,JDBC-URL]} uses servers that run
 * already. {@code -Dpostgres.provider=15 -Dpostgres.subscriber=18} choose the major versions.
 */
public final class PostgresPair implements BeforeAllCallback, ParameterResolver {
    /** The database on the provider's server. */
    @Target(ElementType.PARAMETER)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Provider {}

    /** The database on the subscriber's server. */
    @Target(ElementType.PARAMETER)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Subscriber {}

    /** Asks for a server of another major version than usual; skipped where only given servers are used. */
    @Target(ElementType.PARAMETER)
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Major {
        int value();
    }

    private static final Namespace NAMESPACE = Namespace.create(PostgresPair.class);
    private static final String PROVIDER = "provider";
    private static final String SUBSCRIBER = "subscriber";

    /**
     * A fresh database on a server of a major version, for tests that go through several of them. The test closes it; the
     * server keeps running.
     */
    public static Db database(int major) {
        return database(major, "");
    }

    /**
     * A fresh database with options on a server of a major version, see {@link #database(int)}.
     *
     * @param options as in {@code create database}, for example {@code encoding 'LATIN1' locale 'C' template template0}
     */
    public static Db database(int major, String options) {
        return new Db(Servers.SHARED.get(PROVIDER, major), "other", options);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                .computeIfAbsent(Servers.class, key -> Servers.SHARED, Servers.class);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Db.class;
    }

    @Override
    public Db resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var role = role(parameter);
        var major = parameter.findAnnotation(Major.class).map(Major::value).orElseGet(() -> Servers.major(role));
        if (role.equals(PROVIDER) && parameter.getDeclaringExecutable().getParameterCount() > 1) {
            // most likely the other parameter asks for it: both start at once
            Servers.SHARED.begin(SUBSCRIBER, Servers.major(SUBSCRIBER));
        }
        return context.getStore(NAMESPACE)
                .computeIfAbsent(role + major, key -> new Db(Servers.SHARED.get(role, major), role), Db.class);
    }

    private static String role(ParameterContext parameter) {
        if (parameter.isAnnotated(Provider.class)) {
            return PROVIDER;
        }
        if (parameter.isAnnotated(Subscriber.class)) {
            return SUBSCRIBER;
        }
        throw new ParameterResolutionException("annotate the Db with @Provider or @Subscriber");
    }
}
