<?php
global $nod_site, $table_prefix;
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:' . $nod_site['socket']);
define('DB_CHARSET', 'utf8mb4');
define('WP_HOME', $nod_site['url']);
define('WP_SITEURL', $nod_site['url']);
define('WP_CONTENT_DIR', $nod_site['root'] . '/wp-content');
define('WP_CONTENT_URL', $nod_site['url'] . '/wp-content');
define('WP_ENVIRONMENT_TYPE', 'local'); // application passwords without TLS
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_DEBUG', false);
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $nod_name) {
    define($nod_name . '_KEY', 'of a test');
    define($nod_name . '_SALT', 'of a test');
}
$table_prefix = 'wp_';
require_once ABSPATH . 'wp-settings.php';
