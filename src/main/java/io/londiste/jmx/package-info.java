/** The daemons' MBeans: all commands and figures for jconsole, the web console and any other JMX client. */
package io.londiste.jmx;
