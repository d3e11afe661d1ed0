package io.londiste.pgq.springboot;

import io.londiste.pgq.PgqComponent;
import org.apache.camel.CamelContext;
import org.apache.camel.Component;
import org.apache.camel.spi.ComponentCustomizer;
import org.apache.camel.spring.boot.CamelAutoConfiguration;
import org.apache.camel.spring.boot.ComponentConfigurationProperties;
import org.apache.camel.spring.boot.util.CamelPropertiesHelper;
import org.apache.camel.spring.boot.util.ConditionalOnCamelContextAndAutoConfigurationBeans;
import org.apache.camel.spring.boot.util.ConditionalOnHierarchicalProperties;
import org.apache.camel.spring.boot.util.HierarchicalPropertiesEvaluator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;

/**
 * Sets the options of {@link PgqComponentConfiguration} on the component when Camel creates it. A component without a data
 * source gets the application's only one from Camel.
 */
@AutoConfiguration(after = CamelAutoConfiguration.class)
@Conditional(ConditionalOnCamelContextAndAutoConfigurationBeans.class)
@ConditionalOnHierarchicalProperties({"camel.component", "camel.component.pgq"})
@EnableConfigurationProperties({ComponentConfigurationProperties.class, PgqComponentConfiguration.class})
public class PgqComponentAutoConfiguration {
    /** Static, because properties are bound, and need it, before there are other beans. */
    @Bean
    @ConfigurationPropertiesBinding
    static DataSourceReference pgqDataSourceReference(ApplicationContext application) {
        return new DataSourceReference(application);
    }

    @Bean
    @Lazy
    ComponentCustomizer configurePgqComponent(
            CamelContext camel, ApplicationContext application, PgqComponentConfiguration configuration) {
        return new ComponentCustomizer() {
            @Override
            public void configure(String name, Component target) {
                CamelPropertiesHelper.copyProperties(camel, configuration, target);
            }

            @Override
            public boolean isEnabled(String name, Component target) {
                return target instanceof PgqComponent
                        && HierarchicalPropertiesEvaluator.evaluate(
                                application, "camel.component.customizer", "camel.component.pgq.customizer");
            }
        };
    }
}
