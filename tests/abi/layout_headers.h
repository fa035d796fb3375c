// SPDX-License-Identifier: Apache-2.0
/* Written by generate_layout.py. */
#ifndef DLRGW_TESTS_LAYOUT_HEADERS_H
#define DLRGW_TESTS_LAYOUT_HEADERS_H
#include <dlrgw/abi/attributes.h>
#include <dlrgw/abi/base.h>
#include <dlrgw/abi/clock.h>
#include <dlrgw/abi/config.h>
#include <dlrgw/abi/control.h>
#include <dlrgw/abi/digest.h>
#include <dlrgw/abi/edit.h>
#include <dlrgw/abi/events.h>
#include <dlrgw/abi/fail_point.h>
#include <dlrgw/abi/health.h>
#include <dlrgw/abi/job.h>
#include <dlrgw/abi/jobs.h>
#include <dlrgw/abi/log.h>
#include <dlrgw/abi/metrics.h>
#include <dlrgw/abi/pii.h>
#include <dlrgw/abi/pipeline.h>
#include <dlrgw/abi/plugin.h>
#if __has_include(<dlrgw/abi/probes.h>)
#include <dlrgw/abi/probes.h>
#endif
#include <dlrgw/abi/publish.h>
#include <dlrgw/abi/quirk.h>
#include <dlrgw/abi/quirks.h>
#include <dlrgw/abi/receipt.h>
#include <dlrgw/abi/route.h>
#include <dlrgw/abi/sink.h>
#include <dlrgw/abi/sql.h>
#include <dlrgw/abi/stage.h>
#if __has_include(<dlrgw/abi/tools.h>)
#include <dlrgw/abi/tools.h>
#endif
#endif
