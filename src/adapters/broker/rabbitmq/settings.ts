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
    description: 'RabbitMQ, with its virtual host as the path; amqps:// for TLS',
    needed: true,
  }),
  rabbitmqUser: setting({
    variable: 'REVAL_RABBITMQ_USER',
    schema: text(),
    fallback: 'guest',
    unit: null,
    description: 'user at RabbitMQ',
  }),
  rabbitmqPassword: setting({
    variable: 'REVAL_RABBITMQ_PASSWORD',
    schema: secretText(),
    fallback: 'guest',
    unit: null,
    description: 'password at RabbitMQ',
    secret: true,
  }),
  rabbitmqCa: setting({
    variable: 'REVAL_RABBITMQ_CA',
    schema: certificates(),
    fallback: '',
    unit: null,
    description: "PEM file of the authorities of RabbitMQ's certificate, in place of the machine's",
  }),
  rabbitmqQueueType: setting({
    variable: 'REVAL_RABBITMQ_QUEUE_TYPE',
    schema: oneOf(['quorum', 'classic', 'transient']),
    fallback: 'quorum',
    unit: null,
    description: 'kind of queues that are declared: quorum, classic (durable), or transient as the Java ones are',
  }),
  rabbitmqDeliveryLimit: setting({
    variable: 'REVAL_RABBITMQ_DELIVERY_LIMIT',
    schema: wholeNumber(1, 1_000),
    fallback: '20',
    unit: 'deliveries',
    description: 'after how many deliveries a quorum queue moves a message to the dead letters by itself',
  }),
} as const

export type RabbitmqSettings = SettingValues<typeof RABBITMQ_SETTINGS>
