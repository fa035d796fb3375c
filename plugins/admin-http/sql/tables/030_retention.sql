-- SPDX-License-Identifier: Apache-2.0
GRANT SELECT, DELETE ON dlr.daily_operator_report TO dlr_maint;
