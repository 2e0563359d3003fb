import {
  certificates,
  oneOf,
  secretText,
  serverUrl,
  setting,
  text,
  wholeNumber,
  type SettingValues,
} from '../../setting.ts'

/** Where RabbitMQ is, who we are to it, and what kind of queues are declared there. */
export const RABBITMQ_SETTINGS = {
  rabbitmqUrl: setting({
    variable: 'REVAL_RABBITMQ_URL',
    schema: serverUrl(['amqp', 'amqps'], 'amqps://broker.example:5671/vhost'),
    fallback: '',
    unit: null,
    description: 'RabbitMQ URL with the virtual host as its path; amqps:// for TLS',
    needed: true,
  }),
  rabbitmqUser: setting({
    variable: 'REVAL_RABBITMQ_USER',
    schema: text(),
    fallback: 'guest',
    unit: null,
    description: 'RabbitMQ user',
  }),
  rabbitmqPassword: setting({
    variable: 'REVAL_RABBITMQ_PASSWORD',
    schema: secretText(),
    fallback: 'guest',
    unit: null,
    description: 'RabbitMQ password',
    secret: true,
  }),
  rabbitmqCa: setting({
    variable: 'REVAL_RABBITMQ_CA',
    schema: certificates(),
    fallback: '',
    unit: null,
    description: "PEM file of the CAs trusted for RabbitMQ, instead of the system's",
  }),
  rabbitmqQueueType: setting({
    variable: 'REVAL_RABBITMQ_QUEUE_TYPE',
    schema: oneOf(['quorum', 'classic', 'transient']),
    fallback: 'quorum',
    unit: null,
    description: 'type of queues to declare: quorum, classic (durable), or transient like those of the Java services',
  }),
  rabbitmqDeliveryLimit: setting({
    variable: 'REVAL_RABBITMQ_DELIVERY_LIMIT',
    schema: wholeNumber(1, 1_000),
    fallback: '20',
    unit: 'deliveries',
    description: 'how many deliveries until a quorum queue dead-letters a message',
  }),
} as const

export type RabbitmqSettings = SettingValues<typeof RABBITMQ_SETTINGS>
