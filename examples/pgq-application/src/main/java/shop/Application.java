package shop;

import io.londiste.pgq.PgqClient;
import io.londiste.pgq.PgqSchema;
import org.apache.camel.main.Main;
import org.postgresql.ds.PGSimpleDataSource;

/** Logs the changes of table {@code orders}. The environment variable SHOP_DATABASE is the JDBC URL of the database. */
public final class Application {
    private Application() {}

    public static void main(String... arguments) throws Exception {
        var database = new PGSimpleDataSource(); // an application with much to do takes a pool
        database.setUrl(System.getenv().getOrDefault("SHOP_DATABASE", "jdbc:postgresql://localhost/shop"));
        PgqSchema.install(database);
        new PgqClient(database).createQueue("orders");

        var main = new Main();
        main.bind("database", database);
        main.configure().addRoutesBuilder(new Orders());
        main.run(arguments);
    }
}
