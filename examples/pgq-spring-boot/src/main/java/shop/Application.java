package shop;

import io.londiste.pgq.PgqClient;
import io.londiste.pgq.PgqSchema;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Logs the changes of table {@code orders}. The environment variable SHOP_DATABASE is the JDBC URL of the database. */
@SpringBootApplication
public class Application {
    public static void main(String... arguments) {
        SpringApplication.run(Application.class, arguments);
    }

    /** Installs PgQ and creates the queue, if they are missing, before routes start. */
    @Bean
    CamelContextConfiguration queue(DataSource database) {
        return new CamelContextConfiguration() {
            @Override
            public void beforeApplicationStart(CamelContext camel) {
                try {
                    PgqSchema.install(database);
                    new PgqClient(database).createQueue("orders");
                } catch (Exception e) {
                    throw new IllegalStateException("cannot create the queue orders", e);
                }
            }

            @Override
            public void afterApplicationStart(CamelContext camel) {}
        };
    }
}
