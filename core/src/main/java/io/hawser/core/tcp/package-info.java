/** TCP (RFC 9293): one subflow. */
package io.hawser.core.tcp;
